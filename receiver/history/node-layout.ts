import type { HistoryStore } from './history-store.ts';
import { Layout } from './layout.ts';

/**
 * Which series stand in which column for one node. Most nodes show the same as others, so once it is stored, a layout is that of all
 * nodes with these series; it is copied before it grows.
 */
export class NodeLayout {
  readonly #store: HistoryStore;
  #present: Layout;
  /** Of the layout that is stored, and shared; undefined while this one is not. */
  #id: number | undefined;

  /** @param id of the layout that the node had last; undefined for a node that is new */
  constructor(store: HistoryStore, id: number | undefined) {
    this.#store = store;
    this.#present = id === undefined ? new Layout() : store.layout(id);
    this.#id = id;
  }

  /** The layout at present; another object when it has grown, or was replaced. The columns of one that has grown stay where they are. */
  get present(): Layout {
    return this.#present;
  }

  /** The column of a series, which is added when it is new; -1 when there is no room for it. */
  column(name: string): number {
    const known = this.#present.find(name);
    if (known !== undefined) return known;
    if (this.#id !== undefined && this.#present.takes(name)) this.replace(new Layout(this.#present.names));
    return this.#present.column(name);
  }

  /** Goes on with another layout, which belongs to nobody else. */
  replace(layout: Layout): void {
    this.#present = layout;
    this.#id = undefined;
  }

  /** The number under which a layout of this node is stored. */
  idOf(layout: Layout): number {
    if (layout !== this.#present) return this.#store.layoutId(layout);
    if (this.#id !== undefined) return this.#id;
    this.#id = this.#store.layoutId(layout);
    this.#present = this.#store.layout(this.#id);
    return this.#id;
  }
}
