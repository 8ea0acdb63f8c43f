import type { ReactNode } from 'react';

/** What one must know to decide, one line each; lines without content are left out. */
export function Facts({ facts }: { facts: [label: string, content: ReactNode][] }) {
  return (
    <dl className="unit-facts">
      {facts
        .filter(([, content]) => content !== '' && content !== undefined && content !== null && content !== false)
        .map(([label, content]) => (
          <div key={label} className="unit-fact">
            <dt>{label}</dt>
            <dd>{content}</dd>
          </div>
        ))}
    </dl>
  );
}
