/** The parts of an image reference. */
export interface ImageParts {
  readonly repository: string;
  /** Undefined where none is written. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Parses an image reference; a colon before the last slash is a registry's port. */
export function imageParts(image: string): ImageParts {
  const [name = '', digest] = image.split('@');
  const colon = name.indexOf(':', name.lastIndexOf('/'));
  return colon < 0
    ? { repository: name, tag: undefined, digest }
    : { repository: name.slice(0, colon), tag: name.slice(colon + 1), digest };
}
