package main

import (
	"context"

	"github.com/cert-manager/cert-manager/internal/apis/config/webhook/validation"
	"github.com/cert-manager/cert-manager/internal/webhook"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/webhook/configfile"
)

func runWebhook(ctx context.Context, file string) error {
	loaded := configfile.New()
	if err := load(file, loaded); err != nil {
		return err
	}
	c := loaded.Config
	if faults := validation.ValidateWebhookConfiguration(c, nil); len(faults) > 0 {
		return faults.ToAggregate()
	}
	if err := logf.ValidateAndApply(&c.Logging); err != nil {
		return err
	}
	server, err := webhook.NewCertManagerWebhookServer(logf.FromContext(ctx), *c)
	if err != nil {
		return err
	}
	return server.Run(ctx)
}
