package dev.millrace.source.prepare;

import dev.millrace.source.Hosting;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What has to be done at the provider of a server, outside the database: the log's setting, and the way in.
///
/// What only the user's account can tell stands as a variable. Nothing of a user's names but the parts of an address gets in, and of that only what a host name can hold.
///
/// @param hosting who provides
/// @param host the server's name
/// @param port its port
/// @param isLog whether the log is read
public record ProviderSide(Hosting hosting, String host, int port, boolean isLog) {

    /// `cluster.cluster-hash.region.rds.amazonaws.com`, or without `cluster-` for an instance.
    private static final Pattern AMAZON =
            Pattern.compile("([a-z][a-z0-9-]*)\\.(?:cluster-|cluster-ro-)?[a-z0-9]+\\.([a-z]{2}(?:-[a-z]+)+-[0-9])\\.rds\\.amazonaws\\.com(?:\\.cn)?");

    /// Commands of the provider's own tool, to be pasted into a shell; empty where there is nothing to do.
    public Optional<String> commands() {
        return switch (hosting) {
            case AURORA, RDS -> Optional.of(amazon());
            case GOOGLE -> Optional.of(google());
            case AZURE -> Optional.of(azure());
            case HEROKU -> isLog
                    ? Optional.of("# Heroku gives nobody the right to read the log. Set `update_method` to XMIN or TELEPORT.")
                    : Optional.empty();
            case OWN -> Optional.empty();
        };
    }

    /// The same for Terraform; empty where the provider is not Amazon.
    public Optional<String> terraform() {
        return hosting.isAmazon() ? Optional.of((isLog ? parameterResource() + "\n" : "") + networkResources()) : Optional.empty();
    }

    private Optional<Matcher> named() {
        Matcher matcher = AMAZON.matcher(host);
        return matcher.matches() ? Optional.of(matcher) : Optional.empty();
    }

    private String server() {
        return named().map(matcher -> matcher.group(1)).orElse("NAME");
    }

    private String region() {
        return named().map(matcher -> matcher.group(2)).orElse("REGION");
    }

    private String amazon() {
        return variables() + (isLog ? (hosting == Hosting.AURORA ? aurora() : instance()) : "") + network();
    }

    private String variables() {
        return """
                # what only your account knows
                export AWS_REGION=%s
                %s=%s
                SECURITY_GROUP=sg-...      # of the database
                NETWORK_ACL=acl-...        # of its subnets; not needed for the default one, which lets everything through
                MILLRACE_CIDR=...          # where Millrace runs, as the database sees it: 203.0.113.7/32
                """
                .formatted(region(), hosting == Hosting.AURORA ? "CLUSTER" : "INSTANCE", server());
    }

    private String aurora() {
        return """
                FAMILY=$(aws rds describe-db-engine-versions --engine aurora-postgresql --engine-version "$(aws rds describe-db-clusters --db-cluster-identifier "$CLUSTER" --query 'DBClusters[0].EngineVersion' --output text)" --query 'DBEngineVersions[0].DBParameterGroupFamily' --output text)

                # the log; where the cluster has a parameter group of its own, modify that one instead
                aws rds create-db-cluster-parameter-group --db-cluster-parameter-group-name millrace-logical --db-parameter-group-family "$FAMILY" --description "logical replication"
                aws rds modify-db-cluster-parameter-group --db-cluster-parameter-group-name millrace-logical --parameters "ParameterName=rds.logical_replication,ParameterValue=1,ApplyMethod=pending-reboot"
                aws rds modify-db-cluster --db-cluster-identifier "$CLUSTER" --db-cluster-parameter-group-name millrace-logical --apply-immediately
                aws rds wait db-cluster-available --db-cluster-identifier "$CLUSTER"
                WRITER=$(aws rds describe-db-clusters --db-cluster-identifier "$CLUSTER" --query 'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier' --output text)
                aws rds reboot-db-instance --db-instance-identifier "$WRITER"   # applications are cut off for a moment
                aws rds wait db-instance-available --db-instance-identifier "$WRITER"
                """;
    }

    private static String instance() {
        return """
                FAMILY=$(aws rds describe-db-engine-versions --engine postgres --engine-version "$(aws rds describe-db-instances --db-instance-identifier "$INSTANCE" --query 'DBInstances[0].EngineVersion' --output text)" --query 'DBEngineVersions[0].DBParameterGroupFamily' --output text)

                # the log; where the instance has a parameter group of its own, modify that one instead
                aws rds create-db-parameter-group --db-parameter-group-name millrace-logical --db-parameter-group-family "$FAMILY" --description "logical replication"
                aws rds modify-db-parameter-group --db-parameter-group-name millrace-logical --parameters "ParameterName=rds.logical_replication,ParameterValue=1,ApplyMethod=pending-reboot"
                aws rds modify-db-instance --db-instance-identifier "$INSTANCE" --db-parameter-group-name millrace-logical --apply-immediately
                aws rds wait db-instance-available --db-instance-identifier "$INSTANCE"
                aws rds reboot-db-instance --db-instance-identifier "$INSTANCE"   # applications are cut off for a moment
                aws rds wait db-instance-available --db-instance-identifier "$INSTANCE"
                """;
    }

    private String network() {
        return """

                # the way in: in through the security group, and through the network ACL in both directions
                aws ec2 authorize-security-group-ingress --group-id "$SECURITY_GROUP" --protocol tcp --port %1$d --cidr "$MILLRACE_CIDR"
                aws ec2 create-network-acl-entry --network-acl-id "$NETWORK_ACL" --ingress --rule-number 410 --protocol tcp --port-range From=%1$d,To=%1$d --cidr-block "$MILLRACE_CIDR" --rule-action allow
                aws ec2 create-network-acl-entry --network-acl-id "$NETWORK_ACL" --egress --rule-number 410 --protocol tcp --port-range From=1024,To=65535 --cidr-block "$MILLRACE_CIDR" --rule-action allow
                """
                .formatted(port);
    }

    private String parameterResource() {
        boolean isCluster = hosting == Hosting.AURORA;
        return """
                # Set %2$s of %3$s "%4$s" to the name of this group,
                # and reboot %5$s once it is in place. Where there is a group already, add the parameter to it.
                resource "%1$s" "millrace" {
                  name   = "millrace-logical"
                  family = var.parameter_group_family # such as %6$s

                  parameter {
                    name         = "rds.logical_replication"
                    value        = "1"
                    apply_method = "pending-reboot"
                  }
                }

                variable "parameter_group_family" {
                  type = string
                }
                """
                .formatted(
                        isCluster ? "aws_rds_cluster_parameter_group" : "aws_db_parameter_group",
                        isCluster ? "db_cluster_parameter_group_name" : "parameter_group_name",
                        isCluster ? "aws_rds_cluster" : "aws_db_instance",
                        server(),
                        isCluster ? "the writer" : "the instance",
                        isCluster ? "aurora-postgresql16" : "postgres16");
    }

    private String networkResources() {
        return """
                resource "aws_vpc_security_group_ingress_rule" "millrace" {
                  security_group_id = var.database_security_group_id
                  description       = "Millrace reads the database"
                  ip_protocol       = "tcp"
                  from_port         = %1$d
                  to_port           = %1$d
                  cidr_ipv4         = var.millrace_cidr
                }

                # The default network ACL lets everything through; one of your own needs both directions.
                resource "aws_network_acl_rule" "millrace_in" {
                  count          = var.network_acl_id == null ? 0 : 1
                  network_acl_id = var.network_acl_id
                  rule_number    = 410
                  egress         = false
                  protocol       = "tcp"
                  rule_action    = "allow"
                  cidr_block     = var.millrace_cidr
                  from_port      = %1$d
                  to_port        = %1$d
                }

                resource "aws_network_acl_rule" "millrace_out" {
                  count          = var.network_acl_id == null ? 0 : 1
                  network_acl_id = var.network_acl_id
                  rule_number    = 410
                  egress         = true
                  protocol       = "tcp"
                  rule_action    = "allow"
                  cidr_block     = var.millrace_cidr
                  from_port      = 1024
                  to_port        = 65535
                }

                variable "database_security_group_id" {
                  type = string
                }

                variable "millrace_cidr" {
                  type        = string
                  description = "Where Millrace runs, as the database sees it: 203.0.113.7/32"
                }

                variable "network_acl_id" {
                  type    = string
                  default = null
                }
                """
                .formatted(port);
    }

    private String google() {
        return "# what only your project knows\nINSTANCE=...\nMILLRACE_CIDR=...   # where Millrace runs: 203.0.113.7/32\n"
                + (isLog
                        ? "\n# the log; the list replaces all flags, so name those that the instance has already, too. The instance is restarted.\n"
                                + "gcloud sql instances patch \"$INSTANCE\" --database-flags=cloudsql.logical_decoding=on\n"
                        : "")
                + "\n# the way in; the list replaces all networks\n"
                + "gcloud sql instances patch \"$INSTANCE\" --authorized-networks=\"$MILLRACE_CIDR\"\n";
    }

    private String azure() {
        return "# what only your subscription knows\nRESOURCE_GROUP=...\nSERVER=...\nMILLRACE_ADDRESS=...   # where Millrace runs: 203.0.113.7\n"
                + (isLog
                        ? "\n# the log\naz postgres flexible-server parameter set --resource-group \"$RESOURCE_GROUP\" --server-name \"$SERVER\" --name wal_level --value logical\n"
                                + "az postgres flexible-server restart --resource-group \"$RESOURCE_GROUP\" --name \"$SERVER\"\n"
                        : "")
                + "\n# the way in\naz postgres flexible-server firewall-rule create --resource-group \"$RESOURCE_GROUP\" --name \"$SERVER\" --rule-name millrace"
                + " --start-ip-address \"$MILLRACE_ADDRESS\" --end-ip-address \"$MILLRACE_ADDRESS\"\n";
    }
}
