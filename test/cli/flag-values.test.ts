/** What flags take at their limits, as the parsers read it. */
import { expect, test } from "vitest";
import {
  parseConstant,
  parseCount,
  parseDimension,
  parseSeed,
  parseSetting,
  parseTemperature,
} from "../../cli/flags.ts";

test.each<readonly [string, unknown, unknown]>([
  ["a count", parseCount("1"), 1],
  ["the largest count", parseCount("2147483647"), 2147483647],
  ["the least seed", parseSeed("0"), 0],
  ["the largest of the language", parseSeed("2147483647"), 2147483647],
  ["the largest", parseSeed("4294967295"), 4294967295],
  ["the largest size", parseDimension("N=2147483647"), { name: "N", value: 2147483647 }],
  ["a setting of many digits", parseSetting("lr=1.7976931348623157e308"), { name: "lr", value: Number.MAX_VALUE }],
  ["a setting of a step", parseSetting("critic.lr=0.5"), { name: "critic.lr", value: 0.5 }],
  ["the least setting", parseSetting("lr=5e-324"), { name: "lr", value: 5e-324 }],
  ["the least temperature", parseTemperature("0"), 0],
  ["a temperature", parseTemperature(".8"), 0.8],
  ["a whole constant", parseConstant("n=9007199254740991"), { name: "n", value: Number.MAX_SAFE_INTEGER }],
  ["a constant beyond all numbers, which is a word", parseConstant("n=1e309"), { name: "n", value: "1e309" }],
  ["zero, however it is written", parseConstant("n=-0.00e-400"), { name: "n", value: -0 }],
  ["a whole number that doubles hold", parseConstant("n=+9007199254740994"), { name: "n", value: 2 ** 53 + 2 }],
  ["a name in letters of any script", parseDimension("größe=3"), { name: "größe", value: 3 }],
  ["in one form, however it is typed", parseSetting("e\u0301tape.lr=1"), { name: "\u00e9tape.lr", value: 1 }],
  ["a long name", parseConstant(`${"n".repeat(5000)}=1`), { name: "n".repeat(5000), value: 1 }],
])("%s", (_, found, expected) => {
  expect(found).toEqual(expected);
});

test.each<readonly [string, () => unknown, string]>([
  ["count", () => parseCount("2147483648"), "a whole number from 1 to 2147483647"],
  ["count", () => parseCount("9007199254740993"), "a whole number from 1 to 2147483647"],
  ["seed", () => parseSeed("4294967296"), "a whole number from 0 to 4294967295"],
  ["temperature", () => parseTemperature("-0.1"), "a number from 0, such as 0.8"],
  ["temperature", () => parseTemperature("Infinity"), "a number from 0, such as 0.8"],
  ["size", () => parseDimension("N=2147483648"), "NAME=SIZE such as F=34, from 1 to 2147483647"],
  ["setting", () => parseSetting("lr=1e309"), "NAME=NUMBER such as lr=0.01"],
  ["constant", () => parseConstant("eps=1e-400"), "0, or a number of at least 5e-324 in size"],
  ["setting", () => parseSetting("lr=1e-400"), "0, or a number of at least 5e-324 in size"],
  [
    "constant",
    () => parseConstant("n=9007199254740993"),
    "a whole number that is exact in 64 bits, such as 9007199254740992",
  ],
  ["setting", () => parseSetting("a.b.c.d.lr=1"), "NAME=NUMBER such as lr=0.01"],
])("a %s beyond is refused", (_, read, expected) => {
  expect(read).toThrow(expected);
});
