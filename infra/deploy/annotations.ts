/** By what a deploy knows its own in a cluster. */

/** Who writes the fields that the apply engine deploys. */
export const MANAGER = 'groundwork';

/**
 * Who writes what a rotation or a restore changes beside a deploy. Names of their own: from whoever writes as kubectl,
 * Pulumi takes fields over without a word, and would put back what a rotation under way needs, or remove a restore's notes.
 */
export const ROTATION_MANAGER = 'groundwork-rotation';
export const RESTORE_MANAGER = 'groundwork-restore';

/** Label of what lies in another namespace: by it, and not by the set, such an object is found when it is pruned. */
export const ENVIRONMENT_OF = 'groundwork/environment-of';

/** Label by which kubectl knows the objects of an ApplySet. */
export const PART_OF_SET = 'applyset.kubernetes.io/part-of';
