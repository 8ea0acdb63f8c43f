import type { Permission } from '@rm-workbench/client';
import type { Access } from '../../access/access';

/** The head office of a path: `/HO/` of `/HO/EAST/E01/`. */
const HEAD_OFFICE = /^\/[^/]+\//;

/** Whether a post of the caller's gives the permission over all of the unit. The service holds it once more. */
export function isInCharge({ me }: Access, permission: Permission, organisationPath: string): boolean {
  return me.posts.some(
    (post) => post.scopePath !== '' && organisationPath.startsWith(post.scopePath) && post.permissions.includes(permission),
  );
}

/** Whether a post of the caller's gives the permission over the whole bank, as what all results stand on needs. */
export function mayForBank(access: Access, permission: Permission): boolean {
  const headOffice = HEAD_OFFICE.exec(access.me.person?.organisationPath ?? '')?.[0];
  return headOffice !== undefined && isInCharge(access, permission, headOffice);
}
