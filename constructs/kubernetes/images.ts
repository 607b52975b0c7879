/** Source of image references for manifests. Implemented outside of the constructs, which do not build images. */
export interface Images {
  /** Image reference of one of our services, such as `users`. */
  service(name: string): string;
  /** Reference of a third-party image by its name in the catalog, such as `postgres`. */
  thirdParty(name: string): string;
}
