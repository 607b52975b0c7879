package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	config "github.com/cert-manager/cert-manager/internal/apis/config/controller"
	defaults "github.com/cert-manager/cert-manager/internal/apis/config/controller/v1alpha1"
	"github.com/cert-manager/cert-manager/internal/apis/config/controller/validation"
	"github.com/cert-manager/cert-manager/internal/pem"
	"github.com/cert-manager/cert-manager/pkg/controller"
	"github.com/cert-manager/cert-manager/pkg/controller/configfile"
	"github.com/cert-manager/cert-manager/pkg/healthz"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/server"
	"github.com/cert-manager/cert-manager/pkg/server/tls"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"

	// Issuers register themselves. Those that ask somebody outside are left out: nothing outside is reached from here.
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned"
)

func runController(ctx context.Context, file string) error {
	loaded := configfile.New()
	if err := load(file, loaded); err != nil {
		return err
	}
	c := loaded.Config
	if faults := validation.ValidateControllerConfiguration(c, nil); len(faults) > 0 {
		return faults.ToAggregate()
	}
	if err := logf.ValidateAndApply(&c.Logging); err != nil {
		return err
	}
	limits := c.PEMSizeLimitsConfig
	pem.SetGlobalSizeLimits(pem.NewSizeLimitsFromConfig(limits.MaxCertificateSize, limits.MaxPrivateKeySize, limits.MaxChainLength, limits.MaxBundleSize))

	group, ctx := errgroup.WithContext(ctx)
	factory, err := controller.NewContextFactory(ctx, options(c))
	if err != nil {
		return err
	}
	base, err := factory.Build()
	if err != nil {
		return err
	}
	if err := serveMetrics(ctx, group, c, base); err != nil {
		return err
	}
	health := healthz.NewServer(c.LeaderElectionConfig.HealthzTimeout)
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.HealthzListenAddress)
	if err != nil {
		return err
	}
	group.Go(func() error { return health.Start(ctx, listener) })

	elected := make(chan struct{})
	if c.LeaderElectionConfig.Enabled {
		group.Go(func() error { return lead(ctx, c, factory, health, elected) })
	} else {
		close(elected)
	}
	select {
	case <-ctx.Done():
		return group.Wait()
	case <-elected:
	}
	enabled := enabledControllers(c.Controllers)
	for name, make := range controller.Known() {
		if !enabled.Has(name) {
			continue
		}
		made, err := make(factory)
		if err != nil {
			return fmt.Errorf("controller %s: %w", name, err)
		}
		group.Go(func() error { return made.Run(c.NumberOfConcurrentWorkers, ctx) })
	}
	base.SharedInformerFactory.Start(ctx.Done())
	base.KubeSharedInformerFactory.Start(ctx.Done())
	base.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
	return group.Wait()
}

func options(c *config.ControllerConfiguration) controller.ContextOptions {
	return controller.ContextOptions{
		Kubeconfig:         c.KubeConfig,
		KubernetesAPIQPS:   c.KubernetesAPIQPS,
		KubernetesAPIBurst: c.KubernetesAPIBurst,
		Namespace:          c.Namespace,
		IssuerOptions:      controller.IssuerOptions{ClusterResourceNamespace: c.ClusterResourceNamespace},
		CertificateOptions: controller.CertificateOptions{
			EnableOwnerRef:                           c.EnableCertificateOwnerRef,
			CopiedAnnotationPrefixes:                 c.CopiedAnnotationPrefixes,
			CertificateRequestMinimumBackoffDuration: c.CertificateRequestMinimumBackoffDuration,
		},
	}
}

// enabledControllers expands `*` and takes out what a leading `-` names.
func enabledControllers(names []string) sets.Set[string] {
	enabled, disabled := sets.New[string](), sets.New[string]()
	for _, name := range names {
		if name == "*" {
			enabled.Insert(defaults.DefaultEnabledControllers...)
		} else if without, found := strings.CutPrefix(name, "-"); found {
			disabled.Insert(without)
		} else {
			enabled.Insert(name)
		}
	}
	return enabled.Difference(disabled)
}

func serveMetrics(ctx context.Context, group *errgroup.Group, c *config.ControllerConfiguration, base *controller.Context) error {
	var source tls.CertificateSource
	if c.MetricsTLSConfig.FilesystemConfigProvided() {
		file := &tls.FileCertificateSource{CertPath: c.MetricsTLSConfig.Filesystem.CertFile, KeyPath: c.MetricsTLSConfig.Filesystem.KeyFile}
		group.Go(func() error { return file.Start(ctx) })
		source = file
	}
	listener, err := server.Listen(ctx, "tcp", c.MetricsListenAddress, server.WithCertificateSource(source))
	if err != nil {
		return err
	}
	base.Metrics.SetupCertificateCollector(base.SharedInformerFactory.Certmanager().V1().Certificates().Lister())
	base.Metrics.SetupIssuerCollector(base.SharedInformerFactory.Certmanager().V1().Issuers().Lister())
	base.Metrics.SetupClusterIssuerCollector(base.SharedInformerFactory.Certmanager().V1().ClusterIssuers().Lister())
	metrics := base.Metrics.NewServer(listener)
	group.Go(func() error {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return metrics.Shutdown(last)
	})
	group.Go(func() error {
		if err := metrics.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	return nil
}

// lead closes `elected` once this process is the one that works, and ends with an error when it no longer is.
func lead(ctx context.Context, c *config.ControllerConfiguration, factory *controller.ContextFactory, health *healthz.Server, elected chan<- struct{}) error {
	base, err := factory.Build("leader-election")
	if err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	lock, err := resourcelock.New(resourcelock.LeasesResourceLock, c.LeaderElectionConfig.Namespace, "cert-manager-controller",
		base.Client.CoreV1(), base.Client.CoordinationV1(), resourcelock.ResourceLockConfig{Identity: host, EventRecorder: base.Recorder})
	if err != nil {
		return err
	}
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock:            lock,
		LeaseDuration:   c.LeaderElectionConfig.LeaseDuration,
		RenewDeadline:   c.LeaderElectionConfig.RenewDeadline,
		RetryPeriod:     c.LeaderElectionConfig.RetryPeriod,
		ReleaseOnCancel: true,
		WatchDog:        health.LeaderHealthzAdaptor,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { close(elected) },
			OnStoppedLeading: func() {},
		},
	})
	if err != nil {
		return err
	}
	elector.Run(ctx)
	if ctx.Err() != nil {
		return nil
	}
	return errors.New("another process leads now")
}
