/**
 * Which types of linked service can sign in as a managed identity, each with the page that says so. A type that is not
 * here is not known, which is neither a pass nor a fail. Service Bus, Event Hubs and web activities have no linked
 * service: pipelines call them by REST.
 */

export interface LinkedServiceType {
  /** As people call it. */
  readonly title: string;
  /** The managed identities it can sign in as. */
  readonly identities: 'both' | 'systemAssigned' | 'userAssigned' | 'none';
  /** Without any other way stated, it signs in as the workspace’s own identity. */
  readonly identityByDefault?: true;
  /** A type for the same target that can sign in as a managed identity where this one can’t. */
  readonly successor?: string;
  /** What the identity needs there. */
  readonly grant?: string;
  /** Below `https://learn.microsoft.com/`. */
  readonly source: string;
}

const ADF = 'azure/data-factory';
const COMPUTE = `${ADF}/compute-linked-services`;
const BLOB_ROLE = 'Storage Blob Data Contributor (or Reader) on the storage account';
const SQL_USER = 'a user in the database: CREATE USER [name of the identity] FROM EXTERNAL PROVIDER, and its roles';

/** By the type as on the wire. */
export const LINKED_SERVICE_TYPES: Readonly<Record<string, LinkedServiceType>> = {
  AzureBlobStorage: {
    title: 'Azure Blob Storage',
    identities: 'both',
    identityByDefault: true,
    grant: BLOB_ROLE,
    source: `${ADF}/connector-azure-blob-storage#linked-service-properties`,
  },
  AzureStorage: {
    title: 'Azure Storage (older type)',
    identities: 'none',
    successor: 'AzureBlobStorage or AzureTableStorage',
    grant: BLOB_ROLE,
    source: `${ADF}/connector-azure-blob-storage#linked-service-properties`,
  },
  AzureBlobFS: {
    title: 'Azure Data Lake Storage Gen2',
    identities: 'both',
    identityByDefault: true,
    grant: BLOB_ROLE,
    source: `${ADF}/connector-azure-data-lake-storage#linked-service-properties`,
  },
  AzureDataLakeStore: {
    title: 'Azure Data Lake Storage Gen1',
    identities: 'both',
    identityByDefault: true,
    grant: 'read, write and execute in the access control lists of the store',
    source: `${ADF}/connector-azure-data-lake-store#linked-service-properties`,
  },
  AzureFileStorage: {
    title: 'Azure Files',
    identities: 'both',
    identityByDefault: true,
    grant: 'Storage File Data Privileged Contributor (or Reader) on the storage account',
    source: `${ADF}/connector-azure-file-storage#linked-service-properties`,
  },
  AzureTableStorage: {
    title: 'Azure Table Storage',
    identities: 'both',
    identityByDefault: true,
    grant: 'Storage Table Data Contributor (or Reader) on the storage account',
    source: `${ADF}/connector-azure-table-storage#linked-service-properties`,
  },
  AzureSqlDatabase: {
    title: 'Azure SQL Database',
    identities: 'both',
    identityByDefault: true,
    grant: SQL_USER,
    source: `${ADF}/connector-azure-sql-database#linked-service-properties`,
  },
  AzureSqlMI: {
    title: 'Azure SQL Managed Instance',
    identities: 'both',
    identityByDefault: true,
    grant: SQL_USER,
    source: `${ADF}/connector-azure-sql-managed-instance#linked-service-properties`,
  },
  AzureSqlDW: {
    title: 'Azure Synapse Analytics',
    identities: 'both',
    identityByDefault: true,
    grant: SQL_USER,
    source: `${ADF}/connector-azure-sql-data-warehouse#linked-service-properties`,
  },
  SqlServer: {
    title: 'SQL Server',
    identities: 'userAssigned',
    grant: `${SQL_USER}; the server must be on an Azure virtual machine`,
    source: `${ADF}/connector-sql-server#linked-service-properties`,
  },
  AzurePostgreSql: {
    title: 'Azure Database for PostgreSQL',
    identities: 'both',
    grant: 'a Microsoft Entra role in the server for the identity, and rights in the database',
    source: `${ADF}/connector-azure-database-for-postgresql#linked-service-properties`,
  },
  AzureMySql: {
    title: 'Azure Database for MySQL',
    identities: 'none',
    source: `${ADF}/connector-azure-database-for-mysql#linked-service-properties`,
  },
  CosmosDb: {
    title: 'Azure Cosmos DB for NoSQL',
    identities: 'both',
    identityByDefault: true,
    grant: 'Cosmos DB Built-in Data Contributor, by a data-plane role assignment of the account',
    source: `${ADF}/connector-azure-cosmos-db#linked-service-properties`,
  },
  CosmosDbMongoDbApi: {
    title: 'Azure Cosmos DB for MongoDB',
    identities: 'none',
    source: `${ADF}/connector-azure-cosmos-db-mongodb-api#linked-service-properties`,
  },
  AzureDataExplorer: {
    title: 'Azure Data Explorer',
    identities: 'both',
    identityByDefault: true,
    grant: 'Database Viewer to read, Database Ingestor to write',
    source: `${ADF}/connector-azure-data-explorer#linked-service-properties`,
  },
  AzureSearch: {
    title: 'Azure AI Search',
    identities: 'none',
    source: `${ADF}/connector-azure-search#linked-service-properties`,
  },
  AzureKeyVault: {
    title: 'Azure Key Vault',
    identities: 'both',
    identityByDefault: true,
    grant: 'Key Vault Secrets User on the vault, or Get on secrets in its access policy',
    source: `${ADF}/store-credentials-in-key-vault`,
  },
  RestService: {
    title: 'REST',
    identities: 'both',
    grant: 'whatever the service asks for, and its audience as aadResourceId',
    source: `${ADF}/connector-rest#linked-service-properties`,
  },
  HttpServer: {
    title: 'HTTP',
    identities: 'none',
    successor: 'RestService (where the service accepts tokens of Entra ID)',
    source: `${ADF}/connector-http#linked-service-properties`,
  },
  Web: { title: 'Web table', identities: 'none', source: `${ADF}/connector-web-table#linked-service-properties` },
  OData: { title: 'OData', identities: 'none', source: `${ADF}/connector-odata#linked-service-properties` },
  AzureFunction: {
    title: 'Azure Functions',
    identities: 'both',
    grant: 'sign-in by Entra ID set up in the function app (App Service Authentication), with the identity admitted',
    source: `${ADF}/control-flow-azure-function-activity`,
  },
  AzureDatabricks: {
    title: 'Azure Databricks',
    identities: 'both',
    grant: 'Contributor on the Databricks workspace, or the identity as a user of it',
    source: `${COMPUTE}#azure-databricks-linked-service`,
  },
  AzureDatabricksDeltaLake: {
    title: 'Azure Databricks Delta Lake',
    identities: 'both',
    grant: 'Contributor on the Databricks workspace, or the identity as a user of it',
    source: `${ADF}/connector-azure-databricks-delta-lake#linked-service-properties`,
  },
  AzureBatch: {
    title: 'Azure Batch',
    identities: 'userAssigned',
    grant: 'Azure Batch Data Contributor on the Batch account',
    source: 'javascript/api/@azure/synapse-artifacts/azurebatchlinkedservice',
  },
  AzureMLService: {
    title: 'Azure Machine Learning',
    identities: 'systemAssigned',
    grant: 'Contributor (or AzureML Data Scientist) on the Machine Learning workspace',
    source: `${COMPUTE}#azure-machine-learning-linked-service`,
  },
  AzureML: {
    title: 'Machine Learning Studio (classic)',
    identities: 'none',
    successor: 'AzureMLService',
    source: `${COMPUTE}#machine-learning-studio-classic-linked-service`,
  },
  AzureSynapseArtifacts: {
    title: 'Synapse notebooks and Spark jobs',
    identities: 'systemAssigned',
    identityByDefault: true,
    grant: 'Synapse Compute Operator and Synapse Artifact User in that workspace',
    source: `${COMPUTE}#azure-synapse-analytics-artifacts-linked-service`,
  },
  AzureDataLakeAnalytics: {
    title: 'Azure Data Lake Analytics',
    identities: 'none',
    source: `${COMPUTE}#azure-data-lake-analytics-linked-service`,
  },
  HDInsight: {
    title: 'Azure HDInsight',
    identities: 'none',
    source: `${COMPUTE}#azure-hdinsight-linked-service`,
  },
  AmazonS3: { title: 'Amazon S3', identities: 'none', source: `${ADF}/connector-amazon-simple-storage-service` },
  AmazonRedshift: { title: 'Amazon Redshift', identities: 'none', source: `${ADF}/connector-amazon-redshift` },
  GoogleCloudStorage: {
    title: 'Google Cloud Storage',
    identities: 'none',
    source: `${ADF}/connector-google-cloud-storage`,
  },
  Oracle: { title: 'Oracle', identities: 'none', source: `${ADF}/connector-oracle` },
  MySql: { title: 'MySQL', identities: 'none', source: `${ADF}/connector-mysql` },
  PostgreSqlV2: { title: 'PostgreSQL', identities: 'none', source: `${ADF}/connector-postgresql` },
  MongoDbV2: { title: 'MongoDB', identities: 'none', source: `${ADF}/connector-mongodb` },
  Sftp: { title: 'SFTP', identities: 'none', source: `${ADF}/connector-sftp` },
  FtpServer: { title: 'FTP', identities: 'none', source: `${ADF}/connector-ftp` },
  FileServer: { title: 'File system', identities: 'none', source: `${ADF}/connector-file-system` },
  SapHana: { title: 'SAP HANA', identities: 'none', source: `${ADF}/connector-sap-hana` },
  SapTable: { title: 'SAP table', identities: 'none', source: `${ADF}/connector-sap-table` },
  SalesforceV2: { title: 'Salesforce', identities: 'none', source: `${ADF}/connector-salesforce` },
  SnowflakeV2: { title: 'Snowflake', identities: 'none', source: `${ADF}/connector-snowflake` },
  SharePointOnlineList: {
    title: 'SharePoint Online list',
    identities: 'none',
    source: `${ADF}/connector-sharepoint-online-list`,
  },
};
