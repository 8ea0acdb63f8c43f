import type { Permission } from '@rm-workbench/client';
import type { Access } from '../../access/access';

/** Whether a post of the caller's gives the permission over all of the unit. The service holds it once more. */
export function isInCharge({ me }: Access, permission: Permission, organisationPath: string): boolean {
  return me.posts.some(
    (post) => post.scopePath !== '' && organisationPath.startsWith(post.scopePath) && post.permissions.includes(permission),
  );
}
