/** Query files are bundled as texts. */
declare module '*.kql' {
  const text: string;
  export default text;
}
