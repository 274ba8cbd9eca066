import type { CreateDeploymentRequestBody } from "@vercel/sdk/esm/models/responsebodyimages";

export type Deployment = CreateDeploymentRequestBody;
