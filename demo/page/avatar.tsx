const COLOURS = ["#7a4a1f", "#1f5a7a", "#3d6b2f", "#6b2f5f", "#2f4b6b", "#7a1f3c", "#4a4a7a"];

/** A square with initials. A person has the same colour everywhere. */
export function Avatar({ id, name, app = false }: { id: string; name: string; app?: boolean }) {
  if (app) {
    return (
      <svg className="avatar" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="#7a1f1f" />
        <path d="M9 7h14v18H9zM16 7l-3 8 5 2-4 8" fill="none" stroke="#fff" strokeWidth="2" />
      </svg>
    );
  }
  const sum = [...id].reduce((total, letter) => total * 31 + letter.charCodeAt(0), 7) >>> 0;
  return (
    <span className="avatar" aria-hidden="true" style={{ background: COLOURS[sum % COLOURS.length] }}>
      {name.slice(0, 1)}
    </span>
  );
}
