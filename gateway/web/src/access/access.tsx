// What the person may do and what the deployment has: the page shows nothing beyond it.
import { type Permission, refusalOf, type Schema } from '@rm-workbench/client';
import { createContext, type ReactNode, useContext, useMemo } from 'react';

export type Me = Schema<'identity.v1.Me'>;
export type ServiceName = 'identity' | 'customer' | 'activity' | 'performance' | 'analytics' | 'integration';
export interface Capabilities {
  version: string;
  services: { name: ServiceName; placement: 'here' | 'remote' | 'absent'; state: string }[];
}

export interface Access {
  me: Me;
  personId: string;
  version: string;
  /** Whether a post gives the permission, and the service that asks for it is deployed. */
  may: (permission: Permission) => boolean;
  /** Whether the deployment has the service. */
  has: (service: ServiceName) => boolean;
  services: ServiceName[];
  /** The unit whose data the caller's widest post reaches; the caller's own unit where a post reaches own customers only. */
  scopePath: string;
  /** Whether some post reaches a whole unit. */
  leads: boolean;
}

const AccessContext = createContext<Access | undefined>(undefined);

export function AccessProvider({ me, capabilities, children }: { me: Me; capabilities: Capabilities; children: ReactNode }) {
  const access = useMemo(() => accessOf(me, capabilities), [me, capabilities]);
  return <AccessContext value={access}>{children}</AccessContext>;
}

/** What the deployment has. It is no RPC, and so not in the contract. */
export async function capabilitiesOf(): Promise<Capabilities> {
  const answer = await fetch('/v1/capabilities');
  if (!answer.ok) throw await refusalOf(answer);
  return (await answer.json()) as Capabilities;
}

export function useAccess(): Access {
  const access = useContext(AccessContext);
  if (!access) throw new Error('asked who may what where nobody is signed in');
  return access;
}

export function accessOf(me: Me, capabilities: Capabilities): Access {
  const permissions = new Set(me.permissions);
  const services = capabilities.services.filter(({ placement }) => placement !== 'absent').map(({ name }) => name);
  const has = (service: ServiceName) => services.includes(service);
  const paths = me.posts.map((post) => post.scopePath).filter(Boolean);
  const widest = paths.sort((one, other) => one.length - other.length)[0];
  return {
    me,
    personId: me.person?.personId ?? '',
    version: capabilities.version,
    has,
    services,
    may: (permission) => {
      const service = permission.split('.')[0] as ServiceName | 'operations';
      return permissions.has(permission) && (service === 'operations' || has(service));
    },
    scopePath: widest ?? me.person?.organisationPath ?? '/',
    leads: widest !== undefined,
  };
}
