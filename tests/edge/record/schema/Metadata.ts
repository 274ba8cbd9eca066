import type { ScriptUpdateParams } from "cloudflare/resources/workers/scripts/scripts";

export type Metadata = ScriptUpdateParams.Metadata;
