/** Makes a text file a module whose default export is the text, as esbuild's text loader does. */
module.exports = {
  process: (text) => ({ code: `module.exports = ${JSON.stringify(text)};` }),
};
