declare module "*.css" {
  const text: string;
  export default text;
}

/** A module of its own, bundled, as text. */
declare module "worker:*" {
  const text: string;
  export default text;
}
