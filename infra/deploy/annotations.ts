/** Field managers, labels and annotations by which a deploy identifies its objects in a cluster. */

/** Field manager of the apply engine. */
export const MANAGER = 'groundwork';

/**
 * Field managers of rotations and restores. They differ from kubectl's: Pulumi silently takes over fields that kubectl
 * manages, so it would revert changes of a running rotation, or remove a restore's annotations.
 */
export const ROTATION_MANAGER = 'groundwork-rotation';
export const RESTORE_MANAGER = 'groundwork-restore';

/** Label of an environment's objects in other namespaces: pruning finds them by it, since no ApplySet covers them. */
export const ENVIRONMENT_OF = 'groundwork/environment-of';

/** Label by which kubectl identifies the objects of an ApplySet. */
export const PART_OF_SET = 'applyset.kubernetes.io/part-of';
