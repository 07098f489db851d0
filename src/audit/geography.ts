/** Distance and speed between two places on Earth. */

/** In degrees, north and east positive. */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

/** Mean radius in kilometres. https://en.wikipedia.org/wiki/Earth_radius#Arithmetic_mean_radius */
const EARTH_RADIUS = 6371.0088;

const HOUR_MS = 3_600_000;

/**
 * Kilometres along a great circle, by the haversine formula: hav(d/r) = hav(Δφ) + cos φ₁ · cos φ₂ · hav(Δλ), where
 * hav(x) = sin²(x/2). It takes Earth for a sphere, which is wrong by half a percent at most.
 * https://en.wikipedia.org/wiki/Haversine_formula
 */
export function kilometresBetween(one: Position, other: Position): number {
  const latitude = radians(one.latitude);
  const otherLatitude = radians(other.latitude);
  const angle =
    haversine(otherLatitude - latitude) +
    Math.cos(latitude) * Math.cos(otherLatitude) * haversine(radians(other.longitude - one.longitude));
  // Rounding can take it past 1 at opposite ends of Earth.
  return 2 * EARTH_RADIUS * Math.asin(Math.sqrt(Math.min(angle, 1)));
}

/** `Infinity` where no time passed. */
export function kilometresPerHour(kilometres: number, milliseconds: number): number {
  return kilometres / (milliseconds / HOUR_MS);
}

function haversine(angle: number): number {
  return Math.sin(angle / 2) ** 2;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
