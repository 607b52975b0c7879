import type { ConfigurationError } from '@groundwork/contract';
import { errorIf } from './validate.ts';

/** Source of image references for manifests. Implemented outside of the constructs, which do not build images. */
export interface Images {
  /** Image reference of one of our services, such as `users`. */
  service(name: string): string;
  /** Reference of a third-party image by its name in the catalog, such as `postgres`. */
  thirdParty(name: string): string;
}

/** A value that is known only at deployment, as text: the token of a Pulumi Output. */
const TOKEN = /<<output:\d+>>/g;

/**
 * @param images references by the names of their props
 * @returns one ConfigurationError for each that is no image reference; a token may be all of one or a part of it
 */
export function validateImages(where: string, images: Readonly<Record<string, unknown>>): ConfigurationError[] {
  return Object.entries(images).flatMap(([prop, image]) => {
    const text = typeof image === 'string' ? image.replaceAll(TOKEN, 'x') : '';
    return errorIf(!/^[a-z0-9][a-z0-9._:/-]*(:[\w][\w.-]*)?(@sha256:([0-9a-f]{64}|x))?$/.test(text), {
      code: 'image-invalid',
      where: `${where} › ${prop}`,
      problem: `${prop} must be an image reference, got ${typeof image === 'string' ? `'${image}'` : typeof image}`,
      fix: "write 'registry/name:tag' or 'registry/name@sha256:…'; with a Pulumi Output, `outputs.asString(value)` of the OutputResolver",
    });
  });
}
