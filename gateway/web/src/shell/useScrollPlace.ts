import { useEffect, useLayoutEffect, useRef } from 'react';
import { useLocation, useNavigationType } from 'react-router';

/** How far down each address of the history was left. */
const places = new Map<string, number>();

/** A new page begins at its top; one to which somebody comes back stands where it was left. */
export function useScrollPlace(): void {
  const { key, pathname, hash } = useLocation();
  const comesBack = useNavigationType() === 'POP';
  const now = useRef({ key, pathname });
  useEffect(() => {
    const keep = () => places.set(now.current.key, window.scrollY);
    // The browser does it by itself at a reload.
    const leave = () => {
      window.history.scrollRestoration = 'auto';
    };
    window.history.scrollRestoration = 'manual';
    window.addEventListener('scroll', keep, { passive: true });
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('scroll', keep);
      window.removeEventListener('pagehide', leave);
    };
  }, []);
  useLayoutEffect(() => {
    const before = now.current;
    now.current = { key, pathname };
    if (before.key === key || hash) return;
    if (comesBack) window.scrollTo(0, places.get(key) ?? 0);
    else if (before.pathname !== pathname) window.scrollTo(0, 0);
  }, [key, pathname, hash, comesBack]);
}
