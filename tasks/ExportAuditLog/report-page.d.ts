/** The page of a report without its data, as the bundler builds it from `page/`. */
declare module 'report-page' {
  const text: string;
  export default text;
}
