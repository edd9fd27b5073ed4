// Which files are tests stands in package.json, so that `npx mocha FILE` runs that file alone.
module.exports = {
  import: "tsx",
  reporter: "./test/support/reporter.cjs",
  timeout: 20_000,
  slow: 1_000,
  forbidOnly: process.env["CI"] === "true",
};
