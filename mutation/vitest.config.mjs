/**
 * How the tests run under mutation: as ever, but only those that NNC_MUTATION_TESTS names and in that order, so that the quick ones notice
 * first, and with a reporter that mends Stryker's runner: it counts failed tests only, and a mutant which keeps a whole test file from
 * loading would pass for one that nothing notices.
 */
import { BaseSequencer } from "vitest/node";
import { common } from "../vitest.config.ts";

const places = process.env.NNC_MUTATION_TESTS?.split(",") ?? [];

class InOrder extends BaseSequencer {
  sort(files) {
    const at = ({ moduleId }) => places.findIndex((place) => moduleId.includes(`/${place}`));
    return files.toSorted((a, b) => at(a) - at(b));
  }
}

const unloadable = {
  onInit(vitest) {
    this.state = vitest.state;
  },
  onTestModuleEnd(file) {
    for (const error of file.errors()) this.state.errorsSet.add(error);
  },
};

export default {
  ...common,
  test: {
    ...common.test,
    include: places.map((place) => (place.endsWith(".ts") ? place : `${place}/**/*.test.ts`)),
    sequence: { sequencer: InOrder },
    reporters: [unloadable],
  },
};
