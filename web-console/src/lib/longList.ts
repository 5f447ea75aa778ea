// A list of any length, of which only what is looked at is asked for: by cursor while one scrolls on, by place after a jump.

/** Which rows to ask for. */
export interface Place {
  first: number;
  after: string | null;
  offset: number | null;
}

/** Rows that follow each other. */
export interface Stretch<Row> {
  rows: readonly Row[];
  /** How many there are in the whole list. */
  total: number;
  /** The cursor after which the next stretch starts. */
  end: string | null;
}

/** What is known of the list; a new object after each change. */
export interface Known<Problem> {
  total: number | undefined;
  problem: Problem | undefined;
  busy: boolean;
}

/** How many rows are asked for at once, the most that the graph gives. */
export const STRETCH = 100;

/** How many stretches before and after what is looked at are kept; others are asked for again. */
const KEPT = 10;

export const START: Place = { first: STRETCH, after: null, offset: null };

export class LongList<Row, Problem> {
  #ask: (place: Place) => Promise<{ stretch: Stretch<Row> } | { problem: Problem }>;
  #stretches = new Map<number, Stretch<Row>>();
  /** What was known before the list was asked again: shown until there is something newer. */
  #former = new Map<number, Stretch<Row>>();
  #asked = new Set<number>();
  #shown: [number, number] = [0, 0];
  #round = 0;
  #listeners = new Set<() => void>();
  known: Known<Problem> = { total: undefined, problem: undefined, busy: false };

  constructor(ask: (place: Place) => Promise<{ stretch: Stretch<Row> } | { problem: Problem }>) {
    this.#ask = ask;
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /** The row at a place, if it has come. */
  row(index: number): Row | undefined {
    const number = Math.floor(index / STRETCH);
    return (this.#stretches.get(number) ?? this.#former.get(number))?.rows[index % STRETCH];
  }

  /** Sees to it that the rows from one place to another come. */
  show(first: number, last: number) {
    this.#shown = [first, last];
    for (let number = Math.floor(first / STRETCH); number <= Math.floor(last / STRETCH); number++) this.#want(number);
  }

  /** Asks again for what is looked at. */
  refresh = () => {
    this.#round += 1;
    this.#former = new Map([...this.#former, ...this.#stretches]);
    this.#stretches.clear();
    this.#asked.clear();
    this.#become({ problem: undefined });
    this.show(...this.#shown);
  };

  async #want(number: number) {
    const { total, problem } = this.known;
    const beyond = number > 0 && total !== undefined && number * STRETCH >= total;
    if (beyond || problem || this.#asked.has(number)) return;
    this.#asked.add(number);
    this.#become({ busy: true });
    const round = this.#round;
    const answer = await this.#ask(this.#place(number));
    if (round !== this.#round) return;
    if ("problem" in answer) return this.#become({ problem: answer.problem, busy: false });
    this.#stretches.set(number, answer.stretch);
    this.#forget();
    this.#become({ total: answer.stretch.total, busy: this.#stretches.size < this.#asked.size });
  }

  /** Lets go of what is far from what is looked at, so that a long way through a list needs no more memory than a short one. */
  #forget() {
    const [first, last] = this.#shown;
    const far = (number: number) => number < first / STRETCH - KEPT || number > last / STRETCH + KEPT;
    for (const number of [...this.#stretches.keys()].filter(far)) {
      this.#stretches.delete(number);
      this.#asked.delete(number);
    }
    for (const number of [...this.#former.keys()].filter(far)) this.#former.delete(number);
  }

  #place(number: number): Place {
    if (number === 0) return START;
    const end = this.#stretches.get(number - 1)?.end;
    return end ? { ...START, after: end } : { ...START, offset: number * STRETCH };
  }

  #become(change: Partial<Known<Problem>>) {
    this.known = { ...this.known, ...change };
    for (const listener of this.#listeners) listener();
  }
}
