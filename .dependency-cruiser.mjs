/** The import rules of ARCHITECTURE.md: nothing imports from a later phase, and each library lives in one place. */

/** The compiler's folders in the order of its phases: each imports from folders before it and from itself. */
const phases = [
  "diagnostics",
  "dimension",
  "loops",
  "program",
  "syntax",
  "ops",
  "graph",
  "kernel",
  "semantics",
  "elaborate",
  "editor",
  "passes",
  "lower",
  "fuse",
  "schedule",
  "plan",
  "prelude",
];

/** Where a folder may use the types, and only the types, of a later one. */
const typesOnly = { ops: ["graph"], program: ["graph"] };

/** Which folder owns a library; nobody else imports it. */
const owners = {
  chevrotain: "^compiler/syntax/",
  "@dagrejs/graphlib": "^compiler/graph/",
  "@dagrejs/dagre": "^cli/graph/",
  "ts-morph": "^targets/typescript/",
  watr: "^targets/wasm/",
  "@stricli/core": "^cli/",
  webgpu: "^cli/",
  sharp: "^runtime/data/",
};

const anyOf = (names) => `(${names.join("|")})`;

const phaseRules = phases.flatMap((phase, at) => {
  const later = phases.slice(at + 1);
  const asTypes = typesOnly[phase] ?? [];
  const never = later.filter((name) => !asTypes.includes(name));
  const from = { path: `^compiler/${phase}/` };
  return [
    ...(never.length > 0 ? [forbid(`${phase}-before-later-phases`, from, { path: `^compiler/${anyOf(never)}/` })] : []),
    ...(asTypes.length > 0
      ? [
          forbid(`${phase}-types-only`, from, {
            path: `^compiler/${anyOf(asTypes)}/`,
            dependencyTypesNot: ["type-only"],
          }),
        ]
      : []),
  ];
});

const libraryRules = Object.entries(owners).map(([library, owner]) =>
  forbid(`${library}-has-one-home`, { pathNot: owner }, { path: `node_modules/${library}/` }),
);

function forbid(name, from, to) {
  return { name, severity: "error", from, to };
}

export default {
  forbidden: [
    ...phaseRules,
    ...libraryRules,
    // The files that lie in compiler/ itself (compile.ts, front.ts, middle.ts, files.ts …) stand above all phases.
    forbid("phases-below-the-pipeline", { path: "^compiler/[^/]+/" }, { path: "^compiler/[^/]+\\.ts$" }),
    forbid("phases-know-no-target", { path: "^compiler/[^/]+/" }, { path: "^(targets|runtime|cli)/" }),
    // files.ts and project.ts are `nnc/files`: a project's folder, its sources and its data, beside the pure core.
    forbid(
      "pipeline-below-runtime",
      { path: "^compiler/[^/]+\\.ts$", pathNot: "^compiler/(files|project)\\.ts$" },
      { path: "^(runtime|cli)/" },
    ),
    forbid(
      "targets-and-runtime-read-programs",
      { path: "^(targets|runtime)/" },
      { path: "^compiler/", pathNot: "^compiler/(program|diagnostics)/" },
    ),
    forbid(
      "targets-stand-alone",
      { path: "^targets/([^/]+)/" },
      { path: "^targets/", pathNot: "^targets/($1|c-like)/" },
    ),
    forbid("targets-know-no-runtime", { path: "^targets/" }, { path: "^(runtime|cli)/" }),
    forbid("runtime-knows-no-target", { path: "^runtime/" }, { path: "^(targets|cli)/" }),
    // A page needs nothing but runtime/load and what it saves with.
    forbid("load-is-minimal", { path: "^runtime/load/" }, { path: "^runtime/(data|train)/" }),
    // The core is pure: only `nnc/files` reads files.
    forbid(
      "compiler-is-pure",
      { path: "^(compiler|targets)/", pathNot: "^compiler/(files|project)\\.ts$" },
      { dependencyTypes: ["core"] },
    ),
    forbid("only-the-command-has-a-process", { path: "^runtime/" }, { path: "^(process|child_process|readline|tty)$" }),
    forbid("no-cycle", {}, { circular: true }),
    forbid("resolvable", {}, { couldNotResolve: true }),
    forbid("no-package-unlisted", {}, { dependencyTypes: ["npm-no-pkg", "npm-unknown"] }),
    forbid(
      "no-test-tools",
      { path: "^(compiler|targets|runtime|cli)/" },
      { dependencyTypes: ["npm-dev"], path: "node_modules", pathNot: "node_modules/(webgpu|benny|@types)/" },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  },
};
