/** What `pulumi up --policy-pack stacks/policy-pack` runs. */
import { PolicyPack } from '@pulumi/policy';
import { policies } from '../../infra/review/policy/pack/policies.ts';
import { knowsImage } from '../policy.ts';
import { exceptions } from '../policy-exceptions.ts';

new PolicyPack('groundwork', { policies: policies({ exceptions, knowsImage }) });
