/** A sentence in which names between backticks are shown as code. */

export function Said({ text }: { text: string }) {
  return text.split("`").map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
