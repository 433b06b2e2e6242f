import pytest

from workbench.signals.workloads import workload_of


@pytest.mark.parametrize(
    ("pod", "expected"),
    [
        pytest.param("cart-7d9f8b6c5-x2x4q", "cart", id="deployment"),
        pytest.param("worker-7f8b9c-abc12", "worker", id="made-up-by-hand"),
        pytest.param("cart-api-7d9f8b6c5", "cart-api", id="replica-set"),
        pytest.param("cart-db-0", "cart-db", id="stateful-set"),
        pytest.param("backup-28391234-bcdfg", "backup", id="cron-job"),
        pytest.param("node-exporter-k8z2p", "node-exporter", id="daemon-set"),
        pytest.param("shard-1-7d9f8b6c5-x2x4q", "shard-1", id="number-of-the-workload-stays"),
        pytest.param("app-web12", "app-web12", id="vowels-are-no-hash"),
        pytest.param("cart-service", "cart-service", id="words"),
        pytest.param("cart", "cart", id="one-word"),
        pytest.param("-12", "-12", id="nothing-before"),
    ],
)
def test_a_pod_s_workload_is_its_name_without_what_was_made_up(pod: str, expected: str) -> None:
    assert workload_of(pod) == expected
