/** How a gate, a role or a path is named in the policy file, and so wherever a program names one. */
export const NAME_PATTERN = /^[a-z0-9][a-z0-9._-]{0,62}$/;
