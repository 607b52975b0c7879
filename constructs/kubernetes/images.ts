/** Where manifests take image references from. Made outside of the constructs, which know no registry and build nothing. */
export interface Images {
  /** Reference of one of our services' images, such as that of `users`. */
  service(name: string): string;
  /** Reference of an image that others publish, by its name in the catalog, such as `postgres`. */
  thirdParty(name: string): string;
}
