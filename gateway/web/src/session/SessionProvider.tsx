import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useEffect, useRef, useSyncExternalStore } from 'react';
import { AccessProvider } from '../access/access';
import { queries } from '../api/client';
import { FailureState, LoadingState } from '../design/States';
import { resumed, whoIsHere } from './begin';
import { sessionState, subscribe } from './session';

// Whoever is signed in already does not wait for them.
const SignInPage = lazy(() => import('./SignInPage'));
const SessionExpired = lazy(() => import('./SessionExpired'));

export function SessionProvider({ children }: { children: ReactNode }) {
  const state = useSyncExternalStore(subscribe, sessionState);
  const { error, refetch } = useQuery(resumed);
  if (error) return <FailureState error={error} onRetry={() => void refetch()} />;
  if (state === 'unknown') return <LoadingState whole />;
  if (state === 'signed-out') return <SignIn />;
  return <SignedIn expired={state === 'expired'}>{children}</SignedIn>;
}

/** The page of somebody who is signed in. An expired session is renewed on top of it, so that nothing typed is lost. */
function SignedIn({ expired, children }: { expired: boolean; children: ReactNode }) {
  const who = useQuery({ ...whoIsHere, enabled: !expired });
  const personId = who.data?.me?.person?.personId;
  const known = useRef(personId);
  useEffect(() => {
    // Somebody else signed in where one's session had expired: nothing of the first one's may stay.
    if (known.current && personId && known.current !== personId) {
      sessionStorage.clear();
      queries.clear();
      window.location.assign('/app/');
    }
    known.current = personId ?? known.current;
  }, [personId]);
  if (who.error && !who.data) return <FailureState error={who.error} onRetry={() => void who.refetch()} />;
  if (!who.data?.me) return expired ? <SignIn /> : <LoadingState whole />;
  return (
    <AccessProvider me={who.data.me} capabilities={who.data.capabilities}>
      {children}
      {expired && (
        <Suspense>
          <SessionExpired login={who.data.me.person?.login} />
        </Suspense>
      )}
    </AccessProvider>
  );
}

function SignIn() {
  return (
    <Suspense fallback={<LoadingState whole />}>
      <SignInPage />
    </Suspense>
  );
}
