// Mocha's own report, and after it one line that is easy to find for people and for programs.
const { reporters } = require("mocha");

module.exports = class extends reporters.Spec {
  /**
   * Mocha calls this when everything has run and its report is printed.
   * @override
   * @param {number} failures
   * @param {(failures: number) => void} [done]
   */
  done(failures, done) {
    const { passes } = /** @type {import("mocha").reporters.Base} */ (this).stats;
    console.log(`\n${passes} passed, ${failures} failed`);
    done?.(failures);
  }
};
