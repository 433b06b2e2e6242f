// @vitest-environment node
import { expect, test } from "vitest";

import { found } from "../src/document/search";

const names = ["Csv file", "Files", "Filter", "Profile", "Log tail"];
const search = (query: string): string[] => found(names, query, (name) => [name]);

test("nothing asked gives all in their order", () => {
  expect(search(" ")).toEqual(names);
});

test("what begins with the word comes first, then words inside, then the rest", () => {
  expect(search("file")).toEqual(["Files", "Csv file", "Profile"]);
});

test("all words have to be there, in any order", () => {
  expect(search("file csv")).toEqual(["Csv file"]);
  expect(search("file tail")).toEqual([]);
});
