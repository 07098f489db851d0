/**
 * The part of the `reflect-metadata` proposal that the dependency container inside `@peculiar/x509` asks for when it is
 * loaded. It decorates a handful of its own classes and needs nothing of the proposal but this store.
 */
const store = new WeakMap<object, Map<unknown, unknown>>();

interface MetadataReflect {
  getMetadata?: (key: unknown, target: object) => unknown;
  getOwnMetadata?: (key: unknown, target: object) => unknown;
  defineMetadata?: (key: unknown, value: unknown, target: object) => void;
}

const reflect = Reflect as MetadataReflect;
const getOwnMetadata = (key: unknown, target: object): unknown => store.get(target)?.get(key);

reflect.getOwnMetadata ??= getOwnMetadata;
reflect.getMetadata ??= (key, target) => {
  for (let each: object | null = target; each; each = Object.getPrototypeOf(each) as object | null) {
    if (store.get(each)?.has(key)) return getOwnMetadata(key, each);
  }
  return undefined;
};
reflect.defineMetadata ??= (key, value, target) => {
  const entries = store.get(target) ?? new Map<unknown, unknown>();
  store.set(target, entries.set(key, value));
};
