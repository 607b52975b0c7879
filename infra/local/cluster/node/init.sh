#!/bin/bash
# The node's init: pid 1 of its own pid, network, mount and host-name namespaces. When it ends, the kernel ends every
# process, mount and interface of the node with it. Started by node.ts, as a copy: init.sh RUN, the cluster's run folder.
set -euo pipefail
run=$1
source "$run/conf/env"
trap 'exit 0' TERM # until there is more to stop
read -r pid _ < /proc/self/stat # still the outer /proc: our pid as the host sees it
echo "$pid" > "$run/init.pid.new" && mv "$run/init.pid.new" "$run/init.pid"

# Mounts: private to the node, but shared inside it, as the kubelet needs. Standard paths lead into the state folder.
mount --make-rprivate / && mount --make-rshared /
mount -t tmpfs tmpfs /run && mkdir -p /run/lock /run/cgroups /run/groundwork
mount -t proc proc /proc
mount --rbind /sys/fs/cgroup /run/cgroups && mount -t sysfs sysfs /sys && mount --rbind /run/cgroups /sys/fs/cgroup
mkdir -p "$lib" "$log" && mount --bind "$log" /var/log && mount --bind "$lib" /var/lib
mkdir -p /var/log/{node,pods,containers} /var/lib/{etcd,kubelet,containerd} && chmod 700 /var/lib/etcd
hostname "$node"

# Network: a loopback and one empty bridge that carries the node's address; no way out. (Some kernels have no dummy interfaces.)
ip link set lo up
ip link add node0 type bridge && ip addr add "$node_ip/32" dev node0 && ip link set node0 up
ip route add default dev node0 # so that a Service's address has a route before it is rewritten
sysctl -qw net.ipv4.ip_forward=1

conf=/run/groundwork
mkdir -p $conf/{cni,cnibin}
cp "$run"/conf/*.{yaml,toml} $conf/ && cp "$run/conf/cni.conflist" $conf/cni/10-groundwork.conflist
ln -s /usr/lib/cni/* "$cni_policy" $conf/cnibin/
: > $conf/resolv.conf && mount --bind $conf/resolv.conf /etc/resolv.conf # a pull of an image that is not here fails at once, not by time-out

# Runs a process, and again a second after it ended.
keep() {
  local name=$1
  shift
  while :; do
    "$@" >> "/var/log/node/$name.log" 2>&1 || true
    echo "--- $name ended, starting it again" >> "/var/log/node/$name.log"
    sleep 1
  done &
}

keep containerd containerd --config $conf/containerd.toml
# --unsafe-no-fsync: survives any end of the process, not a crash of the machine. Right for a dev cluster only.
keep etcd "$kube" etcd --name "$node" --data-dir /var/lib/etcd --log-level warn --unsafe-no-fsync \
  --listen-client-urls https://127.0.0.1:2379 --advertise-client-urls https://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 --initial-cluster "$node=http://127.0.0.1:2380" \
  --client-cert-auth --trusted-ca-file "$pki/etcd-ca.crt" --cert-file "$pki/etcd.crt" --key-file "$pki/etcd.key"
keep apiserver "$kube" kube-apiserver --advertise-address "$node_ip" --bind-address "$node_ip" --secure-port 6443 \
  --service-cluster-ip-range "$services" --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction \
  --etcd-servers https://127.0.0.1:2379 --etcd-cafile "$pki/etcd-ca.crt" --etcd-certfile "$pki/etcd.crt" --etcd-keyfile "$pki/etcd.key" \
  --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" --client-ca-file "$pki/ca.crt" \
  --kubelet-certificate-authority "$pki/ca.crt" --kubelet-client-certificate "$pki/apiserver-kubelet-client.crt" --kubelet-client-key "$pki/apiserver-kubelet-client.key" \
  --kubelet-preferred-address-types InternalIP \
  --service-account-issuer https://kubernetes.default.svc.cluster.local --service-account-key-file "$pki/sa.pub" --service-account-signing-key-file "$pki/sa.key" \
  --requestheader-client-ca-file "$pki/front-proxy-ca.crt" --requestheader-allowed-names front-proxy-client \
  --requestheader-extra-headers-prefix X-Remote-Extra- --requestheader-group-headers X-Remote-Group --requestheader-username-headers X-Remote-User \
  --proxy-client-cert-file "$pki/front-proxy-client.crt" --proxy-client-key-file "$pki/front-proxy-client.key"

# TERM reaches every process of the node, pods included, in one call; what is left after 5 s the kernel kills.
# (containerd's shims do not end by TERM, so it is the pods' processes that are waited for.)
pods_left() { cat /dev/null $(find /sys/fs/cgroup/{,*/}"$cgroup" -name cgroup.procs 2> /dev/null) 2> /dev/null | grep -q .; }
stop() {
  trap '' TERM
  kill -TERM -1
  for _ in $(seq 50); do
    pods_left || break
    sleep 0.1 & wait $! || true
  done
  exit 0
}
trap stop TERM

until curl -sf --max-time 2 --cacert "$pki/ca.crt" --cert "$pki/admin.crt" --key "$pki/admin.key" -o /dev/null "https://$node_ip:6443/readyz"; do sleep 0.1 & wait $! || true; done
keep controller-manager "$kube" kube-controller-manager --kubeconfig "$pki/controller-manager.kubeconfig" --bind-address 127.0.0.1 --leader-elect=false \
  --root-ca-file "$pki/ca.crt" --service-account-private-key-file "$pki/sa.key" --use-service-account-credentials \
  --cluster-signing-cert-file "$pki/ca.crt" --cluster-signing-key-file "$pki/ca.key" \
  --allocate-node-cidrs --cluster-cidr "$pods" --node-cidr-mask-size 24 --service-cluster-ip-range "$services" \
  --horizontal-pod-autoscaler-sync-period 5s --horizontal-pod-autoscaler-downscale-stabilization 30s --horizontal-pod-autoscaler-initial-readiness-delay 5s
keep scheduler "$kube" kube-scheduler --kubeconfig "$pki/scheduler.kubeconfig" --bind-address 127.0.0.1 --leader-elect=false
keep policy "$kube" policy "$pki/policy.kubeconfig" $conf/policy.sock
keep proxy "$kube" kube-proxy --config $conf/proxy.yaml
until [ -S $conf/policy.sock ]; do sleep 0.1 & wait $! || true; done # or the first pods' CNI calls fail, and are retried late
keep kubelet "$kube" kubelet --kubeconfig "$pki/kubelet.kubeconfig" --config $conf/kubelet.yaml --hostname-override "$node" --node-ip "$node_ip"
while :; do sleep 3600 & wait $! || true; done
