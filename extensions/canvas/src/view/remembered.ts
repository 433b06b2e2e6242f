/** Makes things anew only when what they are made of is other: what stays the same object is not drawn again. */

export class Remembered<T> {
  private before = new Map<string, { of: readonly unknown[]; made: T }>();
  private next = new Map<string, { of: readonly unknown[]; made: T }>();

  make(id: string, of: readonly unknown[], make: () => T): T {
    const known = this.before.get(id);
    const entry = known?.of.every((value, index) => value === of[index]) ? known : { of, made: make() };
    this.next.set(id, entry);
    return entry.made;
  }

  done(): void {
    this.before = this.next;
    this.next = new Map();
  }
}
