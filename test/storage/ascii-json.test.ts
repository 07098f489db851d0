import fc from 'fast-check';
import { toAsciiJson } from '../../src/storage/ascii-json';

const unit = fc.oneof(
  fc.constantFrom('\ud83d', '\ude00', '😀', '\u0000', '\u007f', '\u2028', 'é', '\r\n', '"', '\\'),
  fc.string(),
);

describe('ASCII JSON', () => {
  it('is read as the value it was made of', () => {
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const value = { text: units.join(''), [units.join('')]: units };
        expect(JSON.parse(toAsciiJson(value))).toEqual(value);
      }),
    );
  });

  it('is printable ASCII', () => {
    fc.assert(fc.property(fc.array(unit), (units) => /^[ -~]*$/.test(toAsciiJson(units))));
  });
});
