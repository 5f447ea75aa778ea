// Where one is in a list of relations stands in the address.
import { useNavigate, useSearch } from "@tanstack/react-router";

export function usePlaceInList() {
  const navigate = useNavigate({ from: "/relations" });
  const { offset = 0 } = useSearch({ from: "/inside/relations" });
  return {
    offset,
    go: (next: number) =>
      navigate({
        search: ({ offset: _, ...rest }) => ({ ...rest, ...(next && { offset: next }) }),
        replace: true,
        resetScroll: false,
      }),
  };
}
