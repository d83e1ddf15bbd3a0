/** The PostgreSQL that the tests run on: that of the npm package, or another version's `bin` folder by the environment. */
export function postgresBinaries(): { readonly bin?: string } {
  const bin = process.env['COUNTERSIGN_TEST_POSTGRES_BIN'];
  return bin === undefined || bin === '' ? {} : { bin };
}
