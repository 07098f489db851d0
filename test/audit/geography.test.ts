import fc from 'fast-check';
import { kilometresBetween, kilometresPerHour, type Position } from '../../src/audit/geography';

const BERLIN = { latitude: 52.52, longitude: 13.405 };
const at = (latitude: number, longitude: number): Position => ({ latitude, longitude });
const position = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});

test.each([
  // As maps measure them, on an ellipsoid.
  ['New York', at(40.7128, -74.006), 6385],
  ['Singapore', at(1.3521, 103.8198), 9910],
  ['Sydney', at(-33.8688, 151.2093), 16_094],
  ['Potsdam', at(52.3906, 13.0645), 27],
])('from Berlin to %s', (_, place, kilometres) => {
  const distance = kilometresBetween(BERLIN, place);
  expect(Math.abs(distance - kilometres)).toBeLessThanOrEqual(Math.max(1, kilometres * 0.005));
});

test('a degree of a meridian, and of the equator, is 111.195 km', () => {
  expect(kilometresBetween(at(10, 20), at(11, 20))).toBeCloseTo(111.195, 3);
  expect(kilometresBetween(at(0, -0.5), at(0, 0.5))).toBeCloseTo(111.195, 3);
});

test('the shorter way counts: across the date line, and over a pole', () => {
  expect(kilometresBetween(at(0, 179.5), at(0, -179.5))).toBeCloseTo(111.195, 3);
  expect(kilometresBetween(at(89.5, 0), at(89.5, 180))).toBeCloseTo(111.195, 3);
});

test('no two places are further apart than half the way around Earth', () => {
  expect(kilometresBetween(at(0, 0), at(0, 180))).toBeCloseTo(20_015.114, 3);
  fc.assert(
    fc.property(position, position, (one, other) => {
      const distance = kilometresBetween(one, other);
      expect(distance).toBeGreaterThanOrEqual(0);
      expect(distance).toBeLessThan(20_015.2);
      expect(kilometresBetween(other, one)).toBeCloseTo(distance, 6);
      expect(kilometresBetween(one, one)).toBe(0);
    }),
  );
});

test('speed', () => {
  expect(kilometresPerHour(900, 3_600_000)).toBe(900);
  expect(kilometresPerHour(900, 1_800_000)).toBe(1800);
  expect(kilometresPerHour(900, 0)).toBe(Infinity);
});
