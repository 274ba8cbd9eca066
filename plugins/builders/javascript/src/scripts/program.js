{
  const interface_ = (name) => __natives[name].default ?? __natives[name];
  let argv;
  globalThis.process = {
    exitCode: 0,
    get argv() {
      if (argv === undefined) {
        const [name, ...rest] = interface_(__ENVIRONMENT__).getArguments();
        argv = [name ?? "component", name ?? "component", ...rest];
      }
      return argv;
    },
    get env() {
      return Object.fromEntries(interface_(__ENVIRONMENT__).getEnvironment());
    },
    cwd: () => interface_(__ENVIRONMENT__).initialCwd() ?? "/",
    exit(code) {
      const failed = (code ?? process.exitCode) !== 0;
      interface_(__EXIT__).exit(failed ? { tag: "err", val: undefined } : { tag: "ok", val: undefined });
    },
  };
  __run.program = () => {
    try {
      __run.load(0);
    } catch (error) {
      console.error(error instanceof Error ? error : `thrown: ${String(error)}`);
      process.exit(1);
    }
    if (process.exitCode !== 0) process.exit(process.exitCode);
  };
}
