import { type RefObject, useLayoutEffect, useState } from 'react';

const HEAD_PIXELS = 96;
const HEIGHT_PIXELS_MIN = 240;

/** How much room a table has between its place and the window's end; the given height where there is one. */
export function useHeightBelow(place: RefObject<HTMLElement | null>, height?: number): number {
  const [room, setRoom] = useState(height ?? 480);
  useLayoutEffect(() => {
    if (height !== undefined) {
      setRoom(height);
      return;
    }
    const measure = () => {
      const top = place.current ? place.current.getBoundingClientRect().top + window.scrollY : 0;
      if (place.current) setRoom(Math.max(HEIGHT_PIXELS_MIN, Math.floor(window.innerHeight - top - HEAD_PIXELS)));
    };
    measure();
    window.addEventListener('resize', measure);
    // What stands above may come later and push the table down.
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => {
      window.removeEventListener('resize', measure);
      observer.disconnect();
    };
  });
  return room;
}
