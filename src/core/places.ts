export type PlacesOptions = {
  readonly all: number;
  /** Of one holder, so that nobody has all. */
  readonly each: number;
};

/** A bounded number of places for work that takes long, a part of them for each holder. Who finds none free is not queued. */
export class Places {
  readonly #options: PlacesOptions;
  readonly #taken: string[] = [];

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** Takes a place; gives it back when what it answers with is called, once or more often. Undefined: none is free. */
  take(holder: string): (() => void) | undefined {
    const { all, each } = this.#options;
    if (this.#taken.length >= all || this.#taken.filter((one) => one === holder).length >= each) return undefined;
    this.#taken.push(holder);
    let held = true;
    return () => {
      if (held) this.#taken.splice(this.#taken.indexOf(holder), 1);
      held = false;
    };
  }
}
