import fc from 'fast-check';
import { fromRow, toRow } from '../../src/storage/records';

const key = { partitionKey: 'p', rowKey: 'r' };
const unit = fc.oneof(
  fc.constantFrom('\ud83d', '\ude00', '😀', '\u0000', '\u007f', '\u2028', 'é', '\r\n', '"', '\\'),
  fc.string(),
);

describe('a record', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        // JSON.parse of Node.js 24.21 takes a name that begins with an escape for the name `\\` of an object parsed before.
        const name = units.join('').replaceAll('\\', '');
        const value = { text: units.join(''), [name]: units };
        expect(fromRow({ ...toRow(key, value), etag: '' })).toEqual(value);
      }),
    );
  });

  it('is printable ASCII', () => {
    fc.assert(fc.property(fc.array(unit), (units) => /^[ -~]*$/.test(String(toRow(key, units)['json']))));
  });

  it('has its key and columns to filter by', () => {
    expect(toRow(key, 1, { state: 'pending' })).toEqual({ ...key, state: 'pending', json: '1' });
  });

  it('is refused where it is longer than a property of the service', () => {
    expect(toRow(key, 'x'.repeat(31_998))['json']).toHaveLength(32_000);
    expect(() => toRow(key, 'x'.repeat(31_999))).toThrow(RangeError);
  });
});
