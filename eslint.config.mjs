import tseslint from "typescript-eslint";
import { importRule } from "./scripts/importRules.mjs";

export default tseslint.config(
  // assembly/ is AssemblyScript, whose own compiler checks it.
  { ignores: ["build/", "dist/", "out/", ".cache/", "node_modules/", "assembly/"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { house: { rules: { imports: importRule } } },
    rules: {
      "house/imports": "error",
      "no-console": "error",
      "no-restricted-globals": ["error", { name: "fetch", message: "Requests leave through http/ only." }],
      eqeqeq: "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // The assertion it asks for is the one that strictTypeChecked forbids.
      "@typescript-eslint/non-nullable-type-assertion-style": "off",
      // Empty methods are what a stand-in's methods are when nothing has to happen.
      "@typescript-eslint/no-empty-function": "off",
      // What comes from outside is checked even where its declared type promises it.
      "@typescript-eslint/no-unnecessary-condition": ["error", { allowConstantLoopConditions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ["sandbox/**/*.ts", "bench/**/*.ts"],
    // Programs that are run by hand: what they print is their result.
    rules: { "no-console": "off" },
  },
  {
    files: ["test/**/*.ts", "sandbox/**/*.ts", "bench/**/*.ts"],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "no-restricted-globals": "off",
    },
  },
  {
    // The tab's one way out: its own client, in a browser.
    files: ["tab/attachments.ts"],
    rules: { "no-restricted-globals": "off" },
  },
  {
    files: ["**/*.mjs", "**/*.cjs"],
    extends: [tseslint.configs.base],
    rules: { eqeqeq: "error", "no-undef": "off", "no-unused-vars": "error" },
  },
);
