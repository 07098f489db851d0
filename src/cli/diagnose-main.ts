/** Entry point of `npm run diagnose`. */
import { diagnose } from './diagnose';

const { stdin, stdout, stderr, argv } = process;
stdin.setEncoding('utf8');

void diagnose(argv.slice(2), {
  input: stdin.isTTY ? undefined : stdin,
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
  now: new Date(),
}).then((code) => {
  process.exitCode = code;
  // What is still to come is not read.
  stdin.destroy();
});
