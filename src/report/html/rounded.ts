/** To hundredths: finer places of a drawing are not seen, and take room. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
