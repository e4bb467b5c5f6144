import { useEffect, useLayoutEffect, useRef } from "react";

/** Keeps the newest message in view, unless the visitor has scrolled up. */
export function useFollowedEnd(id: string, count: number) {
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation opens at its end.
  useLayoutEffect(() => {
    atEnd.current = true;
  }, [id]);
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    const scrolled = (): void => {
      atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 80;
    };
    const grown = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    element.addEventListener("scroll", scrolled);
    for (const child of element.children) grown.observe(child);
    grown.observe(element);
    return () => {
      element.removeEventListener("scroll", scrolled);
      grown.disconnect();
    };
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs at each new message.
  useLayoutEffect(() => {
    if (list.current !== null && atEnd.current) list.current.scrollTop = list.current.scrollHeight;
  }, [id, count]);
  return list;
}
