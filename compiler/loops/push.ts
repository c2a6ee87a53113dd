/** Lists by key in a map. */

/** Adds the item to the list of the key, which begins with it where there is none. */
export function push<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
