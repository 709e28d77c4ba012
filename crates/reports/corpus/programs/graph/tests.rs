use super::*;

fn diamond() -> Graph {
    Graph::of(&[(1, 2, 1), (1, 3, 5), (2, 4, 7), (3, 4, 1)])
}

fn chain() -> Graph {
    Graph::of(&[(1, 2, 2), (2, 3, 2), (3, 4, 2)])
}

#[test]
fn nodes_are_counted() {
    assert_eq!(diamond().nodes(), 4);
}

#[test]
fn an_empty_graph_has_no_nodes() {
    assert_eq!(Graph::default().nodes(), 0);
}

#[test]
fn weights_are_kept() {
    assert_eq!(diamond().weight(1, 3), Some(5));
}

#[test]
fn what_is_no_edge_has_no_weight() {
    assert_eq!(diamond().weight(4, 1), None);
}

#[test]
fn degrees_count_what_comes_in() {
    let graph = diamond();
    assert_eq!(graph.degree_in(4), 2);
    assert_eq!(graph.degree_in(2), 1);
    assert_eq!(graph.degree_in(1), 0);
}

#[test]
fn reversing_turns_edges() {
    let back = chain().reversed();
    assert_eq!(back.weight(2, 1), Some(2));
    assert!(back.weight(1, 2).is_none());
}

#[test]
fn reversing_twice_is_nothing() {
    assert_eq!(diamond().reversed().reversed().edges, diamond().edges);
}

#[test]
fn steps_of_a_chain() {
    assert_eq!(chain().steps(1, 4), Some(3));
}

#[test]
fn no_steps_to_oneself() {
    assert_eq!(chain().steps(2, 2), Some(0));
}

#[test]
fn no_steps_against_the_direction() {
    assert_eq!(chain().steps(4, 1), None);
}

#[test]
fn steps_take_the_shorter_way() {
    let mut graph = chain();
    graph.add(1, 4, 100);
    assert_eq!(graph.steps(1, 4).unwrap(), 1);
}

#[test]
fn the_cheapest_way_of_two() {
    assert_eq!(diamond().cheapest(1, 4), Some(6));
}

#[test]
fn the_cheapest_way_may_be_longer() {
    let mut graph = chain();
    graph.add(1, 4, 100);
    assert_eq!(graph.cheapest(1, 4), Some(6));
}

#[test]
fn the_cheapest_way_to_oneself() {
    assert_eq!(chain().cheapest(3, 3), Some(0));
}

#[test]
fn no_way_is_cheapest() {
    assert_eq!(chain().cheapest(4, 1), None);
}

#[test]
fn an_order_goes_forward() {
    assert_eq!(diamond().order().unwrap(), [1, 2, 3, 4]);
}

#[test]
fn an_order_of_a_chain_backwards() {
    assert_eq!(Graph::of(&[(3, 2, 1), (2, 1, 1)]).order().unwrap(), [3, 2, 1]);
}

#[test]
fn a_ring_has_no_order() {
    let ring = Graph::of(&[(1, 2, 1), (2, 1, 1), (3, 1, 1)]);
    assert_eq!(ring.order(), Err("a ring of 2".into()));
}

#[test]
fn rings_are_found() {
    assert!(Graph::of(&[(1, 2, 1), (2, 3, 1), (3, 1, 1)]).has_ring());
}

#[test]
fn a_diamond_is_no_ring() {
    assert!(!diamond().has_ring());
}

#[test]
fn one_part() {
    assert_eq!(diamond().parts(), [vec![1, 2, 3, 4]]);
}

#[test]
fn two_parts() {
    assert_eq!(Graph::of(&[(1, 5, 1), (2, 3, 1)]).parts(), [vec![1, 5], vec![2, 3]]);
}

#[test]
fn parts_hang_together_by_what_comes_in() {
    assert_eq!(Graph::of(&[(2, 1, 1), (3, 1, 1)]).parts().len(), 1);
}

#[test]
fn edges_are_parsed() {
    let graph = parse("1-2:5 2-3").unwrap();
    assert_eq!((graph.weight(1, 2), graph.weight(2, 3)), (Some(5), Some(1)));
}

#[test]
fn what_is_no_edge_is_refused() {
    assert_eq!(parse("1-2 3").unwrap_err(), "no edge: 3");
}

#[test]
fn what_is_no_number_is_refused() {
    assert_eq!(parse("1-x").unwrap_err(), "no number: x");
}

#[test]
fn a_parsed_way_is_cheap() {
    assert_eq!(parse("1-2:3 2-3:4").unwrap().cheapest(1, 3), Some(7));
}

#[test]
fn density_of_a_full_graph() {
    assert_eq!(density(&parse("1-2 2-1").unwrap()), 100);
}

#[test]
fn density_of_a_diamond() {
    assert_eq!(density(&diamond()), 33);
}

#[test]
fn density_of_nothing() {
    assert_eq!(density(&Graph::default()), 0);
}
