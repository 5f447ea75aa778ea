//! Finds where a supergraph says its subgraphs are: `@join__graph(name: "users", url: "http://..")`.

/// Returns name and URL of each subgraph, in the supergraph's order.
pub(crate) fn subgraph_urls(sdl: &str) -> Vec<(String, String)> {
    sdl.split("@join__graph(").skip(1).filter_map(|rest| Some((argument(rest, "name")?, argument(rest, "url")?))).collect()
}

/// Reads a text argument of the directive whose arguments `rest` starts with.
fn argument(rest: &str, name: &str) -> Option<String> {
    let mut pieces = rest.split('"');
    loop {
        // Outside of quotes: the label in front of a value, or the end of the directive.
        let label = pieces.next()?;
        if label.contains(')') {
            return None;
        }
        let value = pieces.next()?;
        if label.trim_matches(|c: char| c == ',' || c.is_whitespace()).strip_suffix(':').map(str::trim) == Some(name) {
            return Some(value.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_found_in_any_layout() {
        let sdl = r#"
            directive @join__graph(name: String!, url: String!) on ENUM_VALUE
            enum join__Graph {
              A @join__graph(name: "a", url: "http://localhost:4200/a")
              B_C @join__graph(url : "http://h/(b)" , name: "b-c")
              D @join__graph(name: "d")
            }
        "#;
        let pairs = [("a", "http://localhost:4200/a"), ("b-c", "http://h/(b)")].map(|(name, url)| (name.to_owned(), url.to_owned()));
        assert_eq!(subgraph_urls(sdl), pairs);
    }
}
