/** The command's frame: its routes, its texts, and how an action's answer becomes an exit code. */
import { buildApplication, buildRouteMap, text_en } from "@stricli/core";
import type { Application, ApplicationText } from "@stricli/core";
import packageJson from "../package.json" with { type: "json" };
import type { Context } from "./context.ts";
import { routes } from "./routes.ts";
import { unknownCommand, usageSentence } from "./usage.ts";

const help = "`nnc --help` lists the commands, `nnc COMMAND --help` explains one";

const texts: ApplicationText = {
  ...text_en,
  headers: { usage: "Usage", aliases: "Aliases", commands: "Commands", flags: "Flags", arguments: "Arguments" },
  keywords: { default: "default:", separator: "separated by" },
  briefs: {
    help: "Prints this help",
    helpAll: "Prints this help, hidden flags included",
    version: "Prints the version",
    argumentEscapeSequence: "All that follows are arguments",
  },
  exceptionWhileParsingArguments: (error) => `${usageSentence(error)}\n${help}`,
  noCommandRegisteredForInput: ({ input }) => `${unknownCommand(input, Object.keys(routes))}\n${help}`,
};

const root = buildRouteMap({
  routes,
  docs: {
    brief: "compiles and trains neural networks",
    fullDescription:
      "nnc compiles neural networks written in .nn files into training and inference code.\n\n" +
      "Results go to standard output, progress and diagnostics to standard error.\n" +
      "Exit codes: 0 fine, 1 a mistake in files or data, 2 wrong usage, 70 a bug of nnc, 130 stopped by Ctrl-C.",
  },
});

export const application: Application<Context> = buildApplication(root, {
  name: "nnc",
  versionInfo: { currentVersion: packageJson.version },
  localization: { text: texts },
  // Colours are decided in context.ts.
  documentation: { disableAnsiColor: true, onlyRequiredInUsageLine: true },
  scanner: { allowArgumentEscapeSequence: true },
});
