type Lists = readonly [readonly unknown[], ...(readonly unknown[])[]];

/**
 * A pure function of lists that computes once for the same lists and is kept as long as the first of them is: the runner
 * passes the same facts to one check after the other.
 */
export function remembered<L extends Lists, R>(compute: (...lists: L) => R): (...lists: L) => R {
  const results = new WeakMap<readonly unknown[], { readonly lists: L; readonly value: R }>();
  return (...lists) => {
    const known = results.get(lists[0]);
    if (known?.lists.every((list, index) => list === lists[index]) === true) {
      return known.value;
    }
    const value = compute(...lists);
    results.set(lists[0], { lists, value });
    return value;
  };
}
